"""One look at an auth directory of 960 files: the largest of the samples."""

import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from bot import authdir
from bot.authdir import SessionsTemplate
from bot.domain.company import CompanyId

FILES, LOOKS = 960, 50


def main() -> dict[str, float]:
    """CPU milliseconds of one count, the median of many."""
    with tempfile.TemporaryDirectory(prefix="repair-files-") as folder:
        template = SessionsTemplate.parse(f"{folder}/company_{{company}}")
        company = CompanyId("962302")
        path = Path(template.path_of(company))
        path.mkdir()
        for number in range(FILES):
            (path / f"pre-key-{number}.json").write_text("{}")
        took = []
        for _ in range(LOOKS):
            began = time.process_time()
            authdir.count(template, company, datetime.now(UTC))
            took.append((time.process_time() - began) * 1000)
    return {"files": FILES, "count_cpu_ms": median(took)}
