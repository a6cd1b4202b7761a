"""Alert rules, what they told, who has read it, and what is sent out; SQL only, each function in its caller's session.

`rules` keeps the rules and where they stand, `inbox` the messages, `deliveries` what leaves the product, `webhooks` the
addresses that are told.
"""
