"""The page: asks the service, shows sentences, sources and verdicts. Comes with a later release."""
