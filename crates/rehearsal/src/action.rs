//! One AMI action as the office receives it. Not its execution.

/// An action: the fields in the order in which they came. Names are found whatever their case is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Action {
    fields: Vec<(String, String)>,
}

impl Action {
    /// Makes an action from fields; the first one should be `Action`.
    pub fn new<'a>(fields: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        Self { fields: fields.into_iter().map(|(key, value)| (key.to_owned(), value.to_owned())).collect() }
    }

    pub(crate) fn push(&mut self, line: &str) {
        let (key, value) = line.split_once(':').unwrap_or((line, ""));
        self.fields.push((key.trim().to_owned(), value.trim_start().to_owned()));
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }

    pub(crate) fn lines(&self) -> usize {
        self.fields.len()
    }

    /// What is to be done, in lower case; empty where nothing is named.
    pub fn name(&self) -> String {
        self.field("Action").to_ascii_lowercase()
    }

    /// A field; empty where it is absent.
    pub fn field(&self, key: &str) -> &str {
        let found = self.fields.iter().find(|(name, _)| name.eq_ignore_ascii_case(key));
        found.map(|(_, value)| value.as_str()).unwrap_or_default()
    }

    /// All fields of a name; there may be several `Variable`s.
    pub fn all<'a>(&'a self, key: &'a str) -> impl Iterator<Item = &'a str> {
        self.fields
            .iter()
            .filter(move |(name, _)| name.eq_ignore_ascii_case(key))
            .map(|(_, value)| value.as_str())
    }
}
