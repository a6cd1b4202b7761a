"""How much one address or one person may ask for, and what happens to more.

- `Limiter(rates, storage)` says how long a request must wait; it goes on in memory when its storage fails;
- `SqlStorage(url)` lets several processes count together;
- `Rate` is one line of the table of limits.
"""

from pfd_panel.limits.limiter import Kind, Limiter, Rate
from pfd_panel.limits.sql_storage import SqlStorage

__all__ = ["Kind", "Limiter", "Rate", "SqlStorage"]
