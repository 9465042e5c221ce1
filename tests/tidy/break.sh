#!/bin/bash
# Break each house rule on purpose, in a copy of the tree, and see it caught: a checker that
# cannot fail is not counted. The finding has to name what was planted: a rule that fails for
# another reason has not noticed it.

set -u
here=$(cd "$(dirname "$0")" && pwd)
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
status=0

fresh()
{
	rm -rf "${tree:?}"/*
	tar -c --exclude='./build*' --exclude=./.git . | tar -x -C "$tree"
}

# caught NAME FILE COMMAND...: the command fails and its findings name the file.
caught()
{
	local name=$1 file=$2 said
	shift 2
	if said=$("$@" 2>&1); then
		echo "not ok break $name: nothing noticed"
		status=1
	elif ! grep -qF "$file" <<<"$said"; then
		echo "not ok break $name: failed, but not because of $file"
		printf '%s\n' "$said" | sed 's/^/    /' | head -n 10
		status=1
	else
		echo "ok break $name"
	fi
}

# plant FILE TEXT: a new file, or more text at the end of one.
plant()
{
	mkdir -p "$(dirname "$tree/$1")"
	printf '%b' "$2" >>"$tree/$1"
}

# unplant FILE: as it was, or gone.
unplant()
{
	if [ -e "$1" ]; then
		cp "$1" "$tree/$1"
	else
		rm -f "$tree/$1"
	fi
}

case_of()
{
	local name=$1 file=$2 text=$3
	shift 3
	plant "$file" "$text"
	caught "$name" "$file" "$@"
	unplant "$file"
}

head='/*\n * Planted.\n */\n'
fresh

layers=("$here/layers" "$tree")
case_of "layers: the core includes the store" daemon/ledger/planted.c \
	"$head#include \"storage/store.h\"\n" "${layers[@]}"
case_of "layers: the core reads a clock" daemon/ledger/planted.c \
	"$head#include <time.h>\n" "${layers[@]}"
case_of "layers: the store includes the daemon" storage/planted.c \
	"$head#include \"daemon/ledger/day.h\"\n" "${layers[@]}"
case_of "layers: the protocol knows LMDB" proto/planted.c "$head#include <lmdb.h>\n" "${layers[@]}"
case_of "layers: the daemon knows LMDB" daemon/planted.c "$head#include <lmdb.h>\n" "${layers[@]}"
case_of "layers: the client includes the core" client/planted.c \
	"$head#include \"daemon/ledger/day.h\"\n" "${layers[@]}"
case_of "layers: the command line includes the protocol" client/cli/planted.c \
	"$head#include \"proto/frame.h\"\n" "${layers[@]}"
case_of "layers: an include climbs out" storage/planted.c \
	"$head#include \"../proto/frame.h\"\n" "${layers[@]}"
case_of "layers: an include that is nowhere" daemon/planted.c \
	"$head#include \"util/common.h\"\n" "${layers[@]}"
case_of "layers: the wire structs in the writer" daemon/writer_planted.c \
	"$head#include \"proto/demerit.pb-c.h\"\n" "${layers[@]}"

shape=("$here/shape" "$tree")
seventy_one=$(printf '\\tplanted();\\n%.0s' {1..71})
case_of "shape: a function of 71 lines" daemon/planted.c \
	"${head}void\nplanted(void)\n{\n$seventy_one}\n" "${shape[@]}"
case_of "shape: a file of 801 lines" storage/planted.c "$(printf '/* */\\n%.0s' {1..801})" \
	"${shape[@]}"
case_of "shape: a header of 151 lines" proto/planted.h "$(printf '/* */\\n%.0s' {1..151})" \
	"${shape[@]}"
case_of "shape: a line of 101 columns" proto/planted.h "/* $(printf 'x%.0s' {1..95}) */\n" \
	"${shape[@]}"

headers=("$here/headers" "$tree")
case_of "headers: one that leans on another" storage/planted.h \
	"${head}uint64_t planted_count(void);\n" "${headers[@]}"
if [ -f client/demerit.h ]; then
	case_of "headers: the public one is not C++" client/demerit.h \
		"int demerit_planted(int class);\n" "${headers[@]}"
	case_of "headers: the public one is not C99" client/demerit.h \
		"_Static_assert(1, \"planted\");\n" "${headers[@]}"
fi

purity=("$here/purity" "$tree")
for call in "time:long time(long *);:time(0)" "malloc:void *malloc(unsigned long);:(long)malloc(1)" \
	"open:int open(const char *, int, ...);:open(\"/\", 0)"; do
	IFS=: read -r symbol declaration expression <<<"$call"
	plant daemon/ledger/planted.c \
		"${head}$declaration\nlong planted(void);\nlong\nplanted(void)\n{\n\treturn $expression;\n}\n"
	caught "purity: $symbol() in the core" "asks for $symbol" "${purity[@]}"
	unplant daemon/ledger/planted.c
done
plant daemon/ledger/planted.c \
	"${head}int planted(void);\nint\nplanted(void)\n{\n\tstatic int kept;\n\treturn ++kept;\n}\n"
caught "purity: a cache in the core" "writable data" "${purity[@]}"
unplant daemon/ledger/planted.c
plant daemon/ledger/planted.c "$head#include \"storage/store.h\"\n"
caught "purity: a wrong include does not compile" "planted.c" "${purity[@]}"
unplant daemon/ledger/planted.c

printf 'int demerit_ok(void);int demerit_ok(void){return 0;}\nint frame_size(void);int frame_size(void){return 0;}\n' |
	gcc -shared -fPIC -x c -o "$tree/libplanted.so" -
caught "symbols: a library that exports frame_size" frame_size "$here/symbols" "$tree/libplanted.so"
rm -f "$tree/libplanted.so"

words=("$here/words" "$tree")
case_of "words: a term of everyday speech" daemon/planted.c "${head}int doctor_count;\n" "${words[@]}"
case_of "words: a bare TODO" proto/planted.c "$head/* TODO: later */\n" "${words[@]}"
case_of "words: XXX" storage/planted.h "/* XXX */\n" "${words[@]}"
case_of "words: strcpy" client/planted.c "${head}int x = (int)strcpy(a, b);\n" "${words[@]}"
case_of "words: localtime" daemon/planted.c "${head}int x = localtime(a);\n" "${words[@]}"
case_of "words: a float" daemon/planted.c "${head}double money;\n" "${words[@]}"
case_of "words: a typedef of a struct" proto/planted.h "typedef struct frame frame;\n" "${words[@]}"
case_of "words: no opening comment" storage/planted.c "int planted;\n" "${words[@]}"
sed -i '/^| 修复 /d' "$tree/GLOSSARY.md"
caught "words: a term without its row" "修复" "${words[@]}"
unplant GLOSSARY.md

case_of "format: blanks by hand" storage/planted.c "${head}int  planted ;\n" "$here/format" "$tree"

exit $status
