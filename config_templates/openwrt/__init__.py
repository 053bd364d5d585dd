"""OpenWrt 22.03 and later (fw4), with CoovaChilli 1.9 as the gateway: files in UCI's language.

Older versions of CoovaChilli stop at `captiveportalapi_uri`, which is written where the portal has HTTPS.
"""
