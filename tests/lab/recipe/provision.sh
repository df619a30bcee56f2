#!/bin/sh
# Turns a bare Debian into a host of the lab. It runs once, in a container; the lab commits the result.
set -eu
export DEBIAN_FRONTEND=noninteractive

# Nothing is started while the image is built.
printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d
chmod +x /usr/sbin/policy-rc.d

# An image is no archive: no documentation, and no syncing of each file to disk.
cat >/etc/dpkg/dpkg.cfg.d/lab <<'CONF'
path-exclude=/usr/share/doc/*
path-exclude=/usr/share/man/*
path-exclude=/usr/share/locale/*
force-unsafe-io
CONF

apt-get update
# What an administrator gets who answers Postfix's questions with "Internet Site".
apt-get install --yes --no-install-recommends debconf
debconf-set-selections <<'CONF'
postfix postfix/main_mailer_type select Internet Site
postfix postfix/mailname string mail.example.org
CONF
apt-get install --yes --no-install-recommends \
    systemd mount util-linux \
    postfix python3 \
    acl iproute2 iputils-ping procps strace \
    knot nftables openssh-server sudo

# Most scenarios do without DNS, without a firewall, and without SSH. Hosts that use it make keys of their own.
systemctl disable knot nftables ssh
rm -f /etc/ssh/ssh_host_*

# A container has no devices, consoles, disks, kernel settings or calendar of its own to care for.
systemctl mask \
    apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer e2scrub_all.timer fstrim.timer motd-news.timer \
    console-getty.service getty.target systemd-logind.service \
    systemd-udevd.service systemd-udevd-kernel.socket systemd-udevd-control.socket systemd-udev-trigger.service \
    systemd-sysctl.service systemd-modules-load.service systemd-remount-fs.service \
    dev-hugepages.mount sys-fs-fuse-connections.mount sys-kernel-config.mount sys-kernel-debug.mount \
    sys-kernel-tracing.mount
systemctl set-default multi-user.target

install -m 755 /tmp/recipe/init.sh /usr/local/sbin/lab-init

: >/etc/machine-id # each host makes its own
apt-get clean
rm -rf /var/lib/apt/lists/* /tmp/recipe /usr/sbin/policy-rc.d /etc/apt/apt.conf.d/99lab
