#!/bin/sh
set -e
if [ "$1" = purge ]; then
	rm -rf /var/lib/khp
fi
if [ -d /run/systemd/system ]; then
	systemctl daemon-reload
fi
