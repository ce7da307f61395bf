"""The process that hosts speak with in lines of JSON; PROTOCOL.md is the contract."""
