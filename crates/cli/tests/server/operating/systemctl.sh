# Starts and stops what a unit says, as far as the commands of the page need it.
case "$*" in
    daemon-reload) exit ;;
    "enable --now jit-approvals" | "start jit-approvals") action=start ;;
    "stop jit-approvals") action=stop ;;
    *) echo "systemctl $* is not known here" >&2; exit 1 ;;
esac
unit="$ROOT/etc/systemd/system/jit-approvals.service"
of() { sed -n "s/^$1=//p" "$unit" | sed -E "s,(/usr/local/bin/|/etc/|/var/lib/),$ROOT\1,g"; }
runs() { [ -e "/proc/$1" ] && ! grep -q '^State:.Z' "/proc/$1/status"; }

if [ "$action" = stop ]; then
    id=$(cat "$ROOT/pid")
    kill -TERM "$id"
    while runs "$id"; do sleep 0.02; done
    tail -n 1 "$ROOT/journal" | grep -q stopping
    rm "$ROOT/pid"
    exit
fi

[ ! -e "$ROOT/pid" ]
grep -qx "$(of User)" "$ROOT/users"
mkdir -p "$ROOT/var/lib/$(of StateDirectory)"
chmod "$(of StateDirectoryMode)" "$ROOT/var/lib/$(of StateDirectory)"
umask "$(of UMask)"
touch "$ROOT/journal"
before=$(grep -c '^listening on ' "$ROOT/journal" || true)
env "$(of Environment)" $(of ExecStart) >> "$ROOT/journal" 2>&1 < /dev/null &
echo $! > "$ROOT/pid"
# The next command finds a server that listens.
while [ "$(grep -c '^listening on ' "$ROOT/journal" || true)" = "$before" ]; do
    runs "$(cat "$ROOT/pid")"
    sleep 0.02
done
