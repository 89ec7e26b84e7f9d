"""Sheets of paper as data: receipts, menus, business cards and posters, read and checked on the device."""
