"""The configuration file: a TOML text goes in, gateways and companies come out, or its problems."""
