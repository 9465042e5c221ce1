#!/usr/bin/python3
"""Turns the compiled schema into C: the pre-validator's table, the words of its enums, the schema.

Called by meson as: generate.py DESCRIPTOR LIMITS TABLE.c DESCRIPTOR.c WORDS.c
Reads the FileDescriptorSet itself (six message types, by number) so that building needs nothing
beyond the Python that meson runs on.
"""

import sys

VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5
# FieldDescriptorProto.Type -> the pre-validator's kind
KINDS = {
    3: 'INT64', 4: 'UINT64', 5: 'INT32', 8: 'BOOL', 9: 'STRING', 11: 'MESSAGE', 12: 'BYTES',
    13: 'UINT32', 14: 'ENUM', 17: 'SINT32',
}
REPEATED = 3
DEPTH_MAX = 4
REPEATED_FIELDS_MAX = 8
FIELDS_MAX = 128
# Reasons and codes are constants to programs; the other words are words.
UPPER_ENUMS = ('Code', 'DecisionReason')
ROOTS = ('Request', 'Response')


def varint(data, at):
    value, shift = 0, 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7


def fields(data):
    at = 0
    while at < len(data):
        tag, at = varint(data, at)
        if tag & 7 == VARINT:
            value, at = varint(data, at)
        elif tag & 7 == BYTES:
            size, at = varint(data, at)
            value = data[at:at + size]
            at += size
        else:
            sys.exit(f'wire type {tag & 7} in a descriptor')
        yield tag >> 3, value


class Field:
    def __init__(self, data):
        self.oneof = None
        self.type_name = None
        for number, value in fields(data):
            if number == 1:
                self.name = value.decode()
            elif number == 3:
                self.number = value
            elif number == 4:
                self.repeated = value == REPEATED
            elif number == 5:
                if value not in KINDS:
                    sys.exit(f'{self.name}: a type the pre-validator does not know')
                self.kind = KINDS[value]
            elif number == 6:
                self.type_name = value.decode().rsplit('.', 1)[1]
            elif number == 9:
                self.oneof = value
        if self.repeated and self.kind not in ('STRING', 'BYTES', 'MESSAGE'):
            sys.exit(f'{self.name}: repeated numbers come packed or not; the schema has none')


class Message:
    def __init__(self, data):
        self.fields = []
        for number, value in fields(data):
            if number == 1:
                self.name = value.decode()
            elif number == 2:
                self.fields.append(Field(value))
            elif number in (3, 4):
                sys.exit(f'{self.name}: nested types are not used here')
        self.fields.sort(key=lambda field: field.number)

    def cost(self):
        """At least what protobuf-c allocates for one of these (test_precheck.c compares)."""
        plain = sum(1 for field in self.fields if field.oneof is None)
        oneofs = len({field.oneof for field in self.fields if field.oneof is not None})
        return 24 + 24 * plain + 16 * oneofs


def parse_schema(data):
    messages, enums = {}, {}
    for number, file in fields(data):
        if number != 1:
            continue
        for key, value in fields(file):
            if key == 4:
                message = Message(value)
                messages[message.name] = message
            elif key == 5:
                name, values = None, []
                for ekey, evalue in fields(value):
                    if ekey == 1:
                        name = evalue.decode()
                    elif ekey == 2:
                        values.append(dict(fields(evalue)))
                if [value[2] for value in values] != list(range(len(values))):
                    sys.exit(f'{name}: values are not dense from 0')
                enums[name] = [value[1].decode() for value in values]
    return messages, enums


def parse_limits(path, messages):
    limits = {}
    known = {f'{m.name}.{f.name}' for m in messages.values() for f in m.fields}
    known |= {f'*.{f.name}' for m in messages.values() for f in m.fields}
    with open(path, encoding='utf-8') as file:
        for number, line in enumerate(file, 1):
            line = line.split('#')[0].split()
            if not line:
                continue
            name, what, value = line
            if name not in known or what not in ('bytes', 'count', 'large'):
                sys.exit(f'{path}:{number}: {name} {what} names nothing')
            limits[name, what] = int(value)
    return limits


def check_depth(messages):
    def depth(name, trail):
        if name in trail:
            sys.exit(f'{name} is recursive')
        below = [depth(f.type_name, trail + [name]) for f in messages[name].fields
                 if f.kind == 'MESSAGE']
        return 1 + max(below, default=0)
    for root in ROOTS:
        if depth(root, []) > DEPTH_MAX:
            sys.exit(f'{root} is nested deeper than {DEPTH_MAX}')


def write_table(path, messages, enums, limits):
    def limit(message, field, what):
        for name in (f'{message.name}.{field.name}', f'*.{field.name}'):
            if (name, what) in limits:
                return limits[name, what]
        return 64

    order = sorted(messages.values(), key=lambda m: (m.name not in ROOTS, m.name))
    place = {message.name: index for index, message in enumerate(order)}
    out = ['/* Made by generate.py from demerit.proto and limits.table. */', '',
           '#include "precheck_table.h"', '']
    for message in order:
        if len(message.fields) > FIELDS_MAX:
            sys.exit(f'{message.name}: more than {FIELDS_MAX} fields')
        if not message.fields:
            continue
        out.append(f'static const struct precheck_field {message.name}_fields[] = {{')
        slots, oneofs = 0, {}
        for index, field in enumerate(message.fields):
            slot = 0
            if field.repeated:
                slot, slots = slots, slots + 1
            seen = index
            if field.oneof is not None:
                seen = oneofs.setdefault(field.oneof, index)
            size_max = limit(message, field, 'bytes') if field.kind in ('STRING', 'BYTES') else 0
            count_max = limit(message, field, 'count') if field.repeated else 1
            if field.kind == 'ENUM':
                size_max = len(enums[field.type_name]) - 1
            large = limits.get((f'{message.name}.{field.name}', 'large'), 0)
            sub = place[field.type_name] if field.kind == 'MESSAGE' else 0
            out.append(f'\t{{"{field.name}", {field.number}, PRECHECK_{field.kind}, '
                       f'{int(field.repeated)}, {seen}, {slot}, {large}, {sub}, '
                       f'{size_max}, {count_max}}},')
        if slots > REPEATED_FIELDS_MAX:
            sys.exit(f'{message.name}: more than {REPEATED_FIELDS_MAX} repeated fields')
        out += ['};', '']
        top = message.fields[-1].number
        index = [0] * (top + 1)
        for i, field in enumerate(message.fields):
            index[field.number] = i + 1
        out.append(f'static const uint8_t {message.name}_index[] = {{')
        for start in range(0, top + 1, 16):
            out.append('\t' + ', '.join(str(i) for i in index[start:start + 16]) + ',')
        out += ['};', '']
    out.append('const struct precheck_message precheck_messages[] = {')
    for message in order:
        if message.fields:
            out.append(f'\t{{"{message.name}", {message.name}_fields, {message.name}_index, '
                       f'{message.fields[-1].number}, {message.cost()}}},')
        else:
            out.append(f'\t{{"{message.name}", NULL, NULL, 0, {message.cost()}}},')
    out += ['};', '', f'const size_t precheck_messages_count = {len(order)};', '']
    with open(path, 'w', encoding='utf-8') as file:
        file.write('\n'.join(out))


def write_descriptor(path, data):
    out = ['/* Made by generate.py: the FileDescriptorSet of demerit.proto. */', '',
           '#include "descriptor.h"', '', 'const uint8_t descriptor_bytes[] = {']
    for start in range(0, len(data), 16):
        out.append('\t' + ', '.join(str(byte) for byte in data[start:start + 16]) + ',')
    out += ['};', '', f'const size_t descriptor_size = {len(data)};', '']
    with open(path, 'w', encoding='utf-8') as file:
        file.write('\n'.join(out))


def write_words(path, enums):
    out = ['/* Made by generate.py from the enums of demerit.proto. */', '',
           '#include "words.h"', '', '#include <stddef.h>', '']
    for name, values in sorted(enums.items()):
        prefix = len(values[0]) - len('UNSPECIFIED')
        words = [value[prefix:] for value in values]
        if name not in UPPER_ENUMS:
            words = [word.lower() for word in words]
        out.append(f'static const char *const {name}_words[] = {{')
        out += ['\tNULL,'] + [f'\t"{word}",' for word in words[1:]] + ['};', '']
    out.append('const struct words words_table[] = {')
    for name, values in sorted(enums.items()):
        out.append(f'\t{{"{name}", {name}_words, {len(values)}}},')
    out += ['};', '', f'const size_t words_table_count = {len(enums)};', '']
    with open(path, 'w', encoding='utf-8') as file:
        file.write('\n'.join(out))


def main():
    descriptor, limits_path, table, embedded, words = sys.argv[1:]
    with open(descriptor, 'rb') as file:
        data = file.read()
    messages, enums = parse_schema(data)
    check_depth(messages)
    write_table(table, messages, enums, parse_limits(limits_path, messages))
    write_descriptor(embedded, data)
    write_words(words, enums)


if __name__ == '__main__':
    main()
