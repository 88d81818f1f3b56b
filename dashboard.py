"""The dashboard: `alm dashboard`, or `streamlit run dashboard.py`. The page itself is `alm/screen/main.py`.

What stands here is only the door: it listens to this machine alone and turns away whatever another site, another
local port or a rebound name sends, and it hands out the page with its look in it.
"""

import gc
from pathlib import Path

from starlette.middleware import Middleware
from streamlit.starlette import App

from alm.screen.guard import Guard
from alm.screen.look import Dressed
from alm.screen.service import lifespan

# What is loaded stays: the collector need not look through it again while the page is waited for, and what comes after
# is mostly charts, which it finds soon enough when it looks every 50,000 objects instead of every 700.
gc.freeze()
gc.set_threshold(50_000, 20, 20)

app = App(
    Path(__file__).parent / "alm" / "screen" / "main.py",
    middleware=[Middleware(Guard), Middleware(Dressed)],
    lifespan=lifespan,
)
