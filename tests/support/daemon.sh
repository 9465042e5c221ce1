# shellcheck shell=bash
# Sourced by end-to-end scripts: a private daemon in a folder of its own, and how to say what was
# seen. Everything is ended by its pid and removed when the script ends, however it ends.
#
#   . tests/support/daemon.sh
#   daemon_start                       # DEMERIT_SERVER is set, the daemon answers
#   run demerit points record ...      # $status, $work/out, $work/err
#   expect 3 "points to a bar are refused" demerit points record ...
#   err_has PERIOD_NOT_ALLOWED
#   daemon_stop; daemon_start          # the same book
#   finish

# shellcheck source=tests/support/env.sh
. "$(dirname "${BASH_SOURCE[0]}")/env.sh"

demeritd=$DEMERIT_BUILD/daemon/demeritd
PATH=$DEMERIT_BUILD/client:$PATH
work=$(mktemp -d "${TMPDIR:-/tmp}/demerit-e2e.XXXXXX")
socket=$work/sock
data=$work/data
export DEMERIT_SERVER=unix:$socket
daemon_pid=
status=0
failures=0
test_name=$(basename "$0" .sh)

_end()
{
	if [ -n "$daemon_pid" ]; then
		kill -KILL "$daemon_pid"
		wait "$daemon_pid"
	fi 2>/dev/null
	type cleanup >/dev/null 2>&1 && cleanup
	rm -rf "$work"
}
trap _end EXIT
trap 'exit 130' INT TERM

ok()
{
	echo "ok $test_name: $1"
}

not_ok()
{
	echo "not ok $test_name: $1${2:+: $2}"
	failures=$((failures + 1))
}

# run COMMAND...: its exit status in $status, what it said in $work/out and $work/err.
run()
{
	"$@" >"$work/out" 2>"$work/err" </dev/null
	status=$?
}

# expect STATUS NAME COMMAND...
expect()
{
	local wanted=$1 name=$2
	shift 2
	run "$@"
	if [ "$status" -eq "$wanted" ]; then
		ok "$name"
	else
		not_ok "$name" "exit status $status, not $wanted"
		sed 's/^/# out: /' "$work/out" | head -n 5
		sed 's/^/# err: /' "$work/err" | head -n 5
	fi
}

_has()
{
	local file=$1 text=$2
	if grep -qF -- "$text" "$work/$file"; then
		ok "said: $text"
	else
		not_ok "should have said" "$text"
		sed "s/^/# $file: /" "$work/$file" | head -n 8
	fi
}

out_has() { _has out "$1"; }
err_has() { _has err "$1"; }

# same NAME WANTED GOT
same()
{
	if [ "$2" = "$3" ]; then
		ok "$1"
	else
		not_ok "$1" "wanted $2, got $3"
	fi
}

# json EXPRESSION: the value in $work/out, as Python reads it; j is the document.
json()
{
	/usr/bin/python3 -c 'import json, sys
j = json.load(open(sys.argv[1]))
value = eval(sys.argv[2])
print(json.dumps(value, ensure_ascii=False) if isinstance(value, (dict, list)) else
      str(value).lower() if value is None or isinstance(value, bool) else value)' \
		"$work/out" "$1" 2>&1 | tail -n 1
}

daemon_answers()
{
	"$DEMERIT_BUILD/client/demerit" status >/dev/null 2>&1
}

# daemon_spawn [OPTION...]: starts it and does not wait.
daemon_spawn()
{
	"$demeritd" --data "$data" --listen "unix:$socket" "$@" >>"$work/log" 2>&1 </dev/null &
	daemon_pid=$!
}

# daemon_start [OPTION...]: starts it and waits until it answers, 10 s at most.
daemon_start()
{
	local tries=0

	daemon_spawn "$@"
	until daemon_answers; do
		tries=$((tries + 1))
		if [ $tries -ge 200 ] || ! kill -0 "$daemon_pid" 2>/dev/null; then
			not_ok "the daemon starts" "$(tail -n 3 "$work/log" | tr '\n' ' ')"
			finish
		fi
		sleep 0.05
	done
}

# daemon_wait: until it has ended by itself; its exit status in $status.
daemon_wait()
{
	wait "$daemon_pid"
	status=$?
	daemon_pid=
}

daemon_stop()
{
	kill -TERM "$daemon_pid"
	daemon_wait
}

# daemon_goes_on NAME: it is the same process, and it still answers.
daemon_goes_on()
{
	if kill -0 "$daemon_pid" 2>/dev/null && daemon_answers; then
		ok "${1:-the daemon goes on}"
	else
		not_ok "${1:-the daemon goes on}" "$(tail -n 3 "$work/log" | tr '\n' ' ')"
		finish
	fi
}

# One hospital and one doctor in good standing.
people()
{
	run demerit institution add H35010200001 --name "First Hospital" --region 350102 \
		--kind hospital
	[ $status -eq 0 ] || not_ok "institution add" "$(head -n 1 "$work/err")"
	run demerit practitioner add D350102000001 --category medical --at H35010200001 \
		--from 2025-01-01
	[ $status -eq 0 ] || not_ok "practitioner add" "$(head -n 1 "$work/err")"
}

# penalty ID: a decision of 2025-05-20 against that hospital.
penalty()
{
	run demerit penalty record "$1" --institution H35010200001 --kind administrative \
		--measure fine --article 38 --authority "Bureau" --on "${2:-2025-05-20}"
	[ $status -eq 0 ] || not_ok "penalty record $1" "$(head -n 1 "$work/err")"
}

# book_sequence: how far the book is.
book_sequence()
{
	demerit -o json status | /usr/bin/python3 -c 'import json, sys; print(json.load(sys.stdin)["seq"])'
}

finish()
{
	[ "$failures" -eq 0 ]
	exit
}
