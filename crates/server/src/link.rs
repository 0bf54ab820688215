//! From the configuration to the link's own: address, account, TLS. Not the link.

use crate::config::{Config, Secret};
use anyhow::Result;
use frontdesk_ami::client::LinkConfig;

/// How the PBX is reached.
pub fn config(_config: &Config, _secret: &Secret) -> Result<LinkConfig> {
    Ok(LinkConfig::default())
}
