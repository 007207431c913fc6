"""Graph stores: one contract (`base`), one schema, an embedded one (`ladybug`) and a served one (`neo4j`)."""
