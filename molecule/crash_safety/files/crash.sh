#!/bin/sh
# What the tests do on a host, where the files are those that the modules change:
#   crash save NAME                 keeps the files that are there; the first ones are called old
#   crash made NAME                 keeps the modules of the last play, and the files as its module config makes them of the old
#   crash run FILES MODULE OPTIONS  runs a module on kept files under strace(1), while Postfix runs with the old ones
#   crash next                      does what the next play does on a host, and looks for what that has left to do
# All of them show what there is then: the output and the return code of the module, the files, where Postfix listens and
# how it greets, and the trace.
# shellcheck disable=SC2046 # names of files, and words
cd /

save() {
    mkdir -p "/root/$1/files"
    cp --archive --parents $(files) "/root/$1/files"
    show
}

made() {
    mv /root/modules "/root/$1"
    restart
    python3 "/root/$1/config" >/dev/null
    save "$1"
}

run() {
    [ "$(master)" = "$(cat /root/master)" ] || restart
    load "$1"
    module=/root/$2
    shift 2
    strace -qq -y -s 0 -e signal=none -o /root/trace "$@" python3 "$module" 2>&1
    show $?
    cat /root/trace
    rm -rf /tmp/ansible_* /root/.ansible/tmp/*
}

next() {
    for module in config control config; do
        python3 "/root/new/$module"
        touch --date='1 hour ago' etc/postfix/main.cf # Postfix, and so control, waits for a file that was just written
    done
    show
}

show() {
    printf '\n----\n%s\n----\n' "$1"
    for file in $(files); do
        digits=$(case $file in *inet6*) echo 0-9 ;; esac) # in notes, only times and processes have any
        echo "$file:" $(stat --format='%U %G %a' "$file"; getfacl --omit-header "$file"
            tr --delete "$digits" <"$file" | sha256sum)
    done
    echo ----
    echo $(ss -Hltn 'sport = :25' | awk '{print $4}' | sort
        timeout 20 bash -c 'head --bytes=3 </dev/tcp/127.0.0.1/25')
    echo ----
}

files() {
    ls -d etc/postfix/main.cf etc/postfix/main.cf.[!p]* var/spool/postfix/pid/inet6.*
}

load() {
    rm -rf $(files)
    cp --archive "/root/$1/files/." /
}

master() {
    pgrep --exact --oldest master
}

restart() {
    load old
    postfix stop
    systemctl reset-failed
    systemctl restart postfix
    until ss -Hltn 'sport = :25' | grep --quiet :25 && pgrep --exact qmgr >/dev/null; do sleep 0.1; done
    master >/root/master
}

exec 2>/dev/null
"$@"
