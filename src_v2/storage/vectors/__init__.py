"""Vector stores: one contract (`base`), an embedded one (`edge`) and a served one (`server`). Not for encoding text."""
