"""How the loops' files become settings, or mistakes with their lines."""

from nightloop.config.loading.file import read_loop
from nightloop.config.loading.folder import BrokenLoop, load_loop, load_loops, loops_folder
from nightloop.config.loading.rules import PROJECT

__all__ = ["PROJECT", "BrokenLoop", "load_loop", "load_loops", "loops_folder", "read_loop"]
