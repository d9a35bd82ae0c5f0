"""Messages of protocol buffers from small tables: the form in which CEL takes types."""

from __future__ import annotations

from typing import Any

Fields = dict[str, tuple[int, str]]
"""Each field's number and type: a word below, or a message; ``*`` before it makes a list."""


def described(package: str, messages: dict[str, Fields]) -> Any:
    """A descriptor of a file with these messages."""
    from google.protobuf.descriptor_pb2 import FieldDescriptorProto, FileDescriptorProto
    from google.protobuf.timestamp_pb2 import DESCRIPTOR as TIMESTAMP

    plain = {
        "bool": FieldDescriptorProto.TYPE_BOOL,
        "bytes": FieldDescriptorProto.TYPE_BYTES,
        "int": FieldDescriptorProto.TYPE_INT64,
        "text": FieldDescriptorProto.TYPE_STRING,
    }
    file = FileDescriptorProto(name=f"{package}.proto", package=package, syntax="proto2")
    file.dependency.append(TIMESTAMP.name)
    for name, fields in messages.items():
        message = file.message_type.add(name=name)
        for field, (number, written) in fields.items():
            of = written.removeprefix("*")
            added = message.field.add(name=field, number=number)
            added.label = (
                FieldDescriptorProto.LABEL_OPTIONAL
                if of == written
                else FieldDescriptorProto.LABEL_REPEATED
            )
            if of in plain:
                added.type = plain[of]
            else:
                added.type = FieldDescriptorProto.TYPE_MESSAGE
                added.type_name = (
                    f".{TIMESTAMP.package}.Timestamp" if of == "date" else f".{package}.{of}"
                )
    return file


def pool_of(file: Any) -> Any:
    """A pool that knows the messages of a described file."""
    from google.protobuf.descriptor_pool import DescriptorPool
    from google.protobuf.timestamp_pb2 import DESCRIPTOR as TIMESTAMP

    pool = DescriptorPool()
    pool.AddSerializedFile(TIMESTAMP.serialized_pb)
    pool.Add(file)
    return pool
