//! Stories of the desk, each through the real wire, on both engines.

mod backup;
mod chat_guard;
mod chat_live;
mod chat_mail;
mod durable_mail;
mod email_imap;
mod email_in;
mod email_later;
mod email_out;
mod examples;
mod feed_cluster;
mod feed_resume;
mod full_disk;
mod hidden;
mod hostile;
mod kill;
mod mail_pictures;
mod password_reset;
mod phone;
mod pipe;
mod sla;
mod sla_servers;
mod webhooks;
