"""Which device the credentials in a directory belong to, without a key leaving this file."""

import hashlib
import json

from bot.authdir.creds import judge_content, read_plain
from bot.authdir.directory import opened
from bot.authdir.kinds import CREDS
from bot.authdir.template import SessionsTemplate
from bot.domain.company import CompanyId
from bot.domain.files import CredsState


def linked_device(template: SessionsTemplate, company_id: CompanyId) -> str | None:
    """A fingerprint of the linked device; None where no whole credentials lie there.

    The same for as long as the device is: of what changes with each message nothing enters. Raises
    OutsideTemplate, SymlinkRefused, NotADirectory, NotReadable. Blocks.
    """
    with opened(template.path_of(company_id)) as directory:
        if directory is None:
            return None
        try:
            content = read_plain(directory, CREDS)
        except OSError:  # missing, a link, no permission: no whole credentials to speak of
            return None
    if content is None or judge_content(content)[0] is not CredsState.LINKED:
        return None
    creds = json.loads(content)
    who = [creds["me"]["id"], creds.get("registrationId"), creds.get("signedIdentityKey")]
    return hashlib.sha256(json.dumps(who, sort_keys=True).encode()).hexdigest()[:16]
