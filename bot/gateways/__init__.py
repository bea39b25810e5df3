"""One file per WhatsApp gateway; `base` is the contract, `http` the client they share."""
