//! The Bencode of what a value's JSON would be, written without making that JSON: facts are hashed by the thousand, and a
//! tree of each costs more than all else. Members that are null are left out. Nothing is read back.

use serde::ser::{self, Serialize};
use serde_json::Error;
use std::fmt::Display;
use std::io::Write as _;

/// Writes it behind what is in `out`.
///
/// # Errors
/// When the value has no JSON.
pub(super) fn write(value: &(impl Serialize + ?Sized), out: &mut Vec<u8>) -> Result<(), Error> {
    value.serialize(Writer(out))
}

struct Writer<'a>(&'a mut Vec<u8>);

/// An array, or an object, that is being written.
struct Open<'a> {
    out: &'a mut Vec<u8>,
    /// Where it begins.
    begins: usize,
    /// Of an object: its members, and where the value of each ends. They are put in order when all are there.
    members: Vec<(Key, usize)>,
    /// Whether it is the value of a variant, which is an object of one member around it.
    variant: bool,
}

enum Key {
    Known(&'static str),
    Made(String),
}

impl Key {
    fn text(&self) -> &str {
        match self {
            Self::Known(text) => text,
            Self::Made(text) => text,
        }
    }
}

fn text(text: &str, out: &mut Vec<u8>) {
    // Memory takes all that is written into it.
    let _ = write!(out, "{}:", text.len());
    out.extend_from_slice(text.as_bytes());
}

fn number(number: impl Display, out: &mut Vec<u8>) {
    let _ = write!(out, "i{number}e");
}

impl<'a> Writer<'a> {
    fn array(self) -> Open<'a> {
        let begins = self.0.len();
        self.0.push(b'l');
        Open { out: self.0, begins, members: Vec::new(), variant: false }
    }

    fn object(self) -> Open<'a> {
        let begins = self.0.len();
        Open { out: self.0, begins, members: Vec::new(), variant: false }
    }

    fn variant(&mut self, name: &str) {
        self.0.push(b'd');
        text(name, self.0);
    }
}

impl Open<'_> {
    fn member(&mut self, key: Key, value: &(impl Serialize + ?Sized)) -> Result<(), Error> {
        self.name(key);
        self.value(value)
    }

    fn name(&mut self, key: Key) {
        self.members.push((key, self.out.len()));
    }

    fn value(&mut self, value: &(impl Serialize + ?Sized)) -> Result<(), Error> {
        let begins = self.out.len();
        write(value, self.out)?;
        match self.members.last_mut() {
            Some(_) if self.out.len() == begins => drop(self.members.pop()),
            Some((_, ends)) => *ends = self.out.len(),
            None => {}
        }
        Ok(())
    }

    fn close_array(self) {
        self.out.push(b'e');
        if self.variant {
            self.out.push(b'e');
        }
    }

    fn close_object(self) {
        let written = self.out.split_off(self.begins);
        let mut begins = 0;
        let mut members: Vec<_> = self
            .members
            .iter()
            .map(|(key, ends)| {
                let ends = ends - self.begins;
                let value = written.get(begins..ends).unwrap_or_default();
                begins = ends;
                (key.text(), value)
            })
            .collect();
        members.sort_by_key(|(key, _)| key.as_bytes());
        self.out.push(b'd');
        for (key, value) in members {
            text(key, self.out);
            self.out.extend_from_slice(value);
        }
        self.out.push(b'e');
        if self.variant {
            self.out.push(b'e');
        }
    }
}

impl<'a> ser::Serializer for Writer<'a> {
    type Ok = ();
    type Error = Error;
    type SerializeSeq = Open<'a>;
    type SerializeTuple = Open<'a>;
    type SerializeTupleStruct = Open<'a>;
    type SerializeTupleVariant = Open<'a>;
    type SerializeMap = Open<'a>;
    type SerializeStruct = Open<'a>;
    type SerializeStructVariant = Open<'a>;

    fn serialize_bool(self, truth: bool) -> Result<(), Error> {
        self.serialize_u64(u64::from(truth))
    }

    fn serialize_i8(self, it: i8) -> Result<(), Error> {
        self.serialize_i64(it.into())
    }

    fn serialize_i16(self, it: i16) -> Result<(), Error> {
        self.serialize_i64(it.into())
    }

    fn serialize_i32(self, it: i32) -> Result<(), Error> {
        self.serialize_i64(it.into())
    }

    fn serialize_i64(self, it: i64) -> Result<(), Error> {
        number(it, self.0);
        Ok(())
    }

    fn serialize_u8(self, it: u8) -> Result<(), Error> {
        self.serialize_u64(it.into())
    }

    fn serialize_u16(self, it: u16) -> Result<(), Error> {
        self.serialize_u64(it.into())
    }

    fn serialize_u32(self, it: u32) -> Result<(), Error> {
        self.serialize_u64(it.into())
    }

    fn serialize_u64(self, it: u64) -> Result<(), Error> {
        number(it, self.0);
        Ok(())
    }

    fn serialize_f32(self, it: f32) -> Result<(), Error> {
        self.serialize_f64(it.into())
    }

    fn serialize_f64(self, it: f64) -> Result<(), Error> {
        if let Some(it) = serde_json::Number::from_f64(it) {
            number(it, self.0);
        }
        Ok(())
    }

    fn serialize_char(self, it: char) -> Result<(), Error> {
        text(it.encode_utf8(&mut [0; 4]), self.0);
        Ok(())
    }

    fn serialize_str(self, it: &str) -> Result<(), Error> {
        text(it, self.0);
        Ok(())
    }

    fn serialize_bytes(self, bytes: &[u8]) -> Result<(), Error> {
        let mut array = self.array();
        bytes.iter().try_for_each(|byte| array.value(byte))?;
        array.close_array();
        Ok(())
    }

    fn serialize_none(self) -> Result<(), Error> {
        Ok(())
    }

    fn serialize_some<T: Serialize + ?Sized>(self, it: &T) -> Result<(), Error> {
        it.serialize(self)
    }

    fn serialize_unit(self) -> Result<(), Error> {
        Ok(())
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<(), Error> {
        Ok(())
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, name: &'static str) -> Result<(), Error> {
        self.serialize_str(name)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, it: &T) -> Result<(), Error> {
        it.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        name: &'static str,
        it: &T,
    ) -> Result<(), Error> {
        let mut object = self.object();
        object.member(Key::Known(name), it)?;
        object.close_object();
        Ok(())
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Open<'a>, Error> {
        Ok(self.array())
    }

    fn serialize_tuple(self, _: usize) -> Result<Open<'a>, Error> {
        Ok(self.array())
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Open<'a>, Error> {
        Ok(self.array())
    }

    fn serialize_tuple_variant(
        mut self,
        _: &'static str,
        _: u32,
        name: &'static str,
        _: usize,
    ) -> Result<Open<'a>, Error> {
        self.variant(name);
        Ok(Open { variant: true, ..self.array() })
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Open<'a>, Error> {
        Ok(self.object())
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Open<'a>, Error> {
        Ok(self.object())
    }

    fn serialize_struct_variant(
        mut self,
        _: &'static str,
        _: u32,
        name: &'static str,
        _: usize,
    ) -> Result<Open<'a>, Error> {
        self.variant(name);
        Ok(Open { variant: true, ..self.object() })
    }
}

/// The kinds of array, and of object with known names, differ for serde alone.
macro_rules! written_as_array {
    ($($kind:ident: $element:ident),*) => {
        $(impl ser::$kind for Open<'_> {
            type Ok = ();
            type Error = Error;

            fn $element<T: Serialize + ?Sized>(&mut self, it: &T) -> Result<(), Error> {
                self.value(it)
            }

            fn end(self) -> Result<(), Error> {
                self.close_array();
                Ok(())
            }
        })*
    };
}

macro_rules! written_as_object {
    ($($kind:ident),*) => {
        $(impl ser::$kind for Open<'_> {
            type Ok = ();
            type Error = Error;

            fn serialize_field<T: Serialize + ?Sized>(&mut self, key: &'static str, it: &T) -> Result<(), Error> {
                self.member(Key::Known(key), it)
            }

            fn end(self) -> Result<(), Error> {
                self.close_object();
                Ok(())
            }
        })*
    };
}

written_as_array!(
    SerializeSeq: serialize_element,
    SerializeTuple: serialize_element,
    SerializeTupleStruct: serialize_field,
    SerializeTupleVariant: serialize_field
);
written_as_object!(SerializeStruct, SerializeStructVariant);

impl ser::SerializeMap for Open<'_> {
    type Ok = ();
    type Error = Error;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Error> {
        let key = match serde_json::to_value(key)? {
            serde_json::Value::String(key) => key,
            other => other.to_string(),
        };
        self.name(Key::Made(key));
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, it: &T) -> Result<(), Error> {
        self.value(it)
    }

    fn end(self) -> Result<(), Error> {
        self.close_object();
        Ok(())
    }
}
