//! From the configuration to the link's own: address, account, TLS. Not the link.

use crate::config::{Config, Secret};
use anyhow::{Context, Result};
use frontdesk_ami::client::{LinkConfig, LinkTls};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use std::path::Path;
use std::sync::Arc;

/// How the PBX is reached.
///
/// # Errors
/// A sentence when TLS is wanted but authority or name are not usable.
pub fn config(config: &Config, secret: &Secret) -> Result<LinkConfig> {
    let pbx = &config.pbx;
    let mut link = LinkConfig::new(pbx.host.clone(), pbx.port(), pbx.username.clone(), secret.reveal());
    if pbx.tls {
        let name = pbx.tls_name.as_ref().unwrap_or(&pbx.host);
        let name = ServerName::try_from(name.clone())
            .with_context(|| format!("[pbx] tls_name: `{name}` cannot stand on a certificate"))?;
        let authority = pbx.tls_ca.as_ref().map(|file| config.path(file));
        link.tls = Some(LinkTls { config: trust(authority.as_deref())?, name });
    }
    Ok(link)
}

fn trust(authority: Option<&Path>) -> Result<Arc<rustls::ClientConfig>> {
    let mut roots = rustls::RootCertStore::empty();
    match authority {
        Some(file) => {
            let wrong = || format!("[pbx] tls_ca: {} holds no readable PEM certificate", file.display());
            let all = CertificateDer::pem_file_iter(file).with_context(wrong)?;
            for certificate in all {
                roots.add(certificate.with_context(wrong)?).with_context(wrong)?;
            }
            anyhow::ensure!(!roots.is_empty(), wrong());
        }
        None => {
            roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        }
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(Arc::new(config))
}
