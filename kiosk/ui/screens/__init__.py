"""One module and one .kv file for each screen of `kiosk.view_data`; `pages` names them all."""
