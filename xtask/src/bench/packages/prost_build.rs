//! A first protobuf schema, built as a descriptor here, so that `protoc` need not be installed.

use prost_types::field_descriptor_proto::{Label, Type};
use prost_types::{DescriptorProto, FieldDescriptorProto, FileDescriptorProto, FileDescriptorSet};

fn main() -> std::io::Result<()> {
    let field = FieldDescriptorProto {
        name: Some("celsius".to_owned()),
        number: Some(1),
        label: Some(Label::Optional as i32),
        r#type: Some(Type::Double as i32),
        ..FieldDescriptorProto::default()
    };
    let message = DescriptorProto {
        name: Some("Settings".to_owned()),
        field: vec![field],
        ..DescriptorProto::default()
    };
    let file = FileDescriptorProto {
        name: Some("thermostat.proto".to_owned()),
        package: Some("thermostat".to_owned()),
        message_type: vec![message],
        syntax: Some("proto3".to_owned()),
        ..FileDescriptorProto::default()
    };
    prost_build::Config::new().compile_fds(FileDescriptorSet { file: vec![file] })
}
