//! A command out-of-band on tokio.

use qapi::futures::{QapiService, QmpStreamTokio};
use qapi::qmp::query_yank;

pub async fn on_tokio<W: tokio::io::AsyncWrite + Unpin>(service: &QapiService<QmpStreamTokio<W>>) -> bool {
    service.execute_oob(query_yank {}).await.is_ok()
}

fn main() {}
