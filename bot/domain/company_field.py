"""What an owner may say of a company."""

from enum import StrEnum


class CompanyField(StrEnum):
    """By its name in `/company 962302 <field> …`."""

    NAME = "name"
    PHONE = "phone"
    MAX_FILES = "max_files"
    MAX_RECONNECTS = "max_reconnects"
    GATEWAY = "gateway"
