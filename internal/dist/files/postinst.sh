#!/bin/sh
set -e
if [ "$1" = configure ]; then
	getent passwd khp >/dev/null || adduser --quiet --system --group --no-create-home --home /nonexistent khp
	# The file may hold passwords.
	chown root:khp /etc/khp /etc/khp/khp.yaml
	chmod 750 /etc/khp
	chmod 640 /etc/khp/khp.yaml
	if [ -d /run/systemd/system ]; then
		systemctl daemon-reload
		if [ -n "$2" ]; then # an upgrade; a new installation is started by the operator
			systemctl try-restart khp.service
		fi
	fi
fi
