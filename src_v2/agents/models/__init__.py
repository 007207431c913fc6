"""Access to language models: which one, how it is asked, what it costs, what is done when it fails.

`service.LanguageModels` is what others call. Nothing heavy is imported here: providers' libraries load when a model of
theirs is first built. Not for prompts (context) and not for what a reply means (engine).
"""
