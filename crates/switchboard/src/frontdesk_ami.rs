//! temp
#[derive(Debug)]
pub struct ActionId(pub String);
#[derive(Debug)]
pub struct Action(pub(crate) crate::orders::Order);
pub struct Message<'a>(pub Vec<(&'a str, &'a str)>);
impl crate::packet::Packet for Message<'_> {
    fn raw(&self, k: &str) -> &str {
        self.0.iter().find(|(a, _)| *a == k).map_or("", |x| x.1)
    }
}
