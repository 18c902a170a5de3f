from ._load import load
from ._match import suggest
from ._profile import profile
from ._template import load_template
