#!/bin/sh
# PID 1 of a host of the lab: prepares what an unprivileged container lacks, then becomes systemd.
# `lab-init none` makes a host without a service manager; the second argument is the container's name.

# The network's kernel settings belong to this host alone: tests switch IPv6 off and on there.
mount --bind /proc/sys/net /proc/sys/net && mount -o remount,bind,rw /proc/sys/net

# There is no DNS here, and a query must fail at once: Postfix looks up every client before it greets. A test that needs
# DNS runs its own server at this address.
echo 'nameserver 127.0.0.1' >/etc/resolv.conf

if [ "$1" = none ]; then
    # PID 1 inherits every daemon: waiting reaps them, else a stopped Postfix would stay as a zombie.
    trap exit RTMIN+3 # by which Docker stops a host
    sleep infinity &
    wait
    exit
fi

# systemd needs a writable cgroup2 of its own. Docker mounts it read-only, and on a machine with the old cgroups there
# is only the machine's own tree, where several systemd would share units: so each host enters a group of its own and
# takes it as its root.
umount --recursive /sys/fs/cgroup
mount -t cgroup2 cgroup2 /sys/fs/cgroup
mkdir -p "/sys/fs/cgroup/${2:-$(hostname)}"
echo $$ >"/sys/fs/cgroup/${2:-$(hostname)}/cgroup.procs"
umount /sys/fs/cgroup
exec unshare --cgroup sh -c '
    mount -t cgroup2 cgroup2 /sys/fs/cgroup
    export container=docker
    exec /lib/systemd/systemd'
