"""Which page of a list is shown. Pages count from 0."""


def which_page(wanted: int, total: int, size: int) -> tuple[int, int]:
    """The page nearest to the one that is wanted, and how many there are: at least one."""
    pages = max(1, -(-total // size))
    return min(max(wanted, 0), pages - 1), pages
