#!/bin/bash
# A policy that says registration decides. At stake: where a province refuses lines of somebody not
# registered at the institution, the one check, the claim file and every output must say so with the
# same word, and say nothing of it for the days before that policy, nor where no institution is named.

. tests/support/daemon.sh

daemon_start
people
run demerit institution add H35010200002 --name "Second Hospital" --region 350102 --kind hospital
sed -e 's/^version: .*/version: 2025-06-01/' -e '/^registration-decides/,$s/value: no/value: yes/' \
	daemon/policies/national-2025-01-01.yaml >"$work/policy.yaml"

expect 2 "a policy is not taken for a rulebook" demerit rulebook load "$work/policy.yaml"
err_has "this is a claim policy, not a rulebook"
cat >"$work/load.py" <<'PYTHON'
import socket, sys
sys.path.insert(0, "tests/support")
import wire

pb = wire.schema()
connected = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
connected.connect(sys.argv[1])
answer = wire.Session(pb, connected).call(
    "policy_load", pb.PolicyLoad(text=open(sys.argv[2], encoding="utf-8").read()),
    idempotency_key="policy")
sys.exit(0 if answer.HasField("write") else str(answer.error))
PYTHON
expect 0 "a policy is loaded" /usr/bin/python3 "$work/load.py" "$socket" "$work/policy.yaml"

# check DAY INSTITUTION: decision and reason
check()
{
	run demerit -o json check D350102000001 --on "$1" ${2:+--institution "$2"}
	json 'j["decision"] + " " + j["reason"] + " " + str(j["registered"])'
}
same "registered there" "pay ELIGIBLE True" "$(check 2025-06-02 H35010200001)"
same "registered elsewhere" "refuse NOT_REGISTERED False" "$(check 2025-06-02 H35010200002)"
same "before that policy" "pay ELIGIBLE False" "$(check 2025-05-31 H35010200002)"
same "with no institution named" "pay ELIGIBLE None" "$(check 2025-06-02)"
run env LANG=zh_CN.UTF-8 LC_ALL= demerit check D350102000001 --on 2025-06-02 --institution H35010200002
out_has 未在该机构登记备案

cat >"$work/claims.csv" <<'CSV'
fixmedins_code,fee_ocur_time,bilg_dr_codg
H35010200001,2025-06-02,D350102000001
H35010200002,2025-06-02,D350102000001
H35010200002,2025-05-31,D350102000001
CSV
expect 0 "a claim file is screened" demerit screen "$work/claims.csv"
out_has "H35010200001,2025-06-02,D350102000001,pay,ELIGIBLE,"
out_has "H35010200002,2025-06-02,D350102000001,refuse,NOT_REGISTERED,bilg_dr_codg,D350102000001,"
out_has "H35010200002,2025-05-31,D350102000001,pay,ELIGIBLE,"
finish
