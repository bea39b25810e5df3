"""How much is kept."""

from bot.authdir import Stored, stored_in


def test_everything_kept_is_counted_and_no_link_followed(disk, tmp_path):
    disk.sample("6.7-grown")
    kept = disk.set_aside()
    every = sum(one.lstat().st_size for one in kept.path.iterdir())
    big = tmp_path / "big"
    big.write_bytes(b"x" * 1_000_000)
    link = kept.path.parent / "link"
    link.symlink_to(big)
    found = stored_in(kept.path.parent)
    assert found == Stored(entries=2, size_bytes=every + link.lstat().st_size)


def test_where_nothing_is_kept_there_is_nothing(disk):
    assert stored_in(disk.root / "set_aside") == Stored(entries=0, size_bytes=0)
