"""What the operating system allows this process."""

import resource

# More than this helps nobody: the limits of LISTEN and of the gateways' clients are far below.
_ENOUGH = 65_536


def descriptor_limit() -> int:
    """How many files and connections may be open at once."""
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return _ENOUGH if soft == resource.RLIM_INFINITY else min(soft, _ENOUGH)


def raise_descriptor_limit() -> int:
    """Allow as many open files as the system lets us have by ourselves; how many that are.

    Services begin with 1,024 of them, though the hard limit mostly is a multiple of it.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _ENOUGH if hard == resource.RLIM_INFINITY else min(hard, _ENOUGH)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
        except (OSError, ValueError):  # a container may forbid it: what there is has to do
            return descriptor_limit()
    return descriptor_limit()
