"""The launcher: open the pages on this computer, for this user, and nowhere else.

`app` serves the notebooks as pages through Voila, `lab` opens them in JupyterLab. Both listen on loopback
only, ask for a random token, start the practice nodes if the workspace uses them, and stop everything they
started when they stop. Without a workspace they prepare a place to practise: invented images, practice
nodes and a workspace, in one folder of the user.
"""

from ._open import app, lab
from ._practice import practice_home

__all__ = ["app", "lab", "practice_home"]
