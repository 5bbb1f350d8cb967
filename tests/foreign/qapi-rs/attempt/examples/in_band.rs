//! Commands in the ordinary way: this compiles, so that only the method tells the other examples from it.

use qapi::futures::{QapiService, QmpStreamTokio};
use qapi::qmp::query_yank;
use std::io::{BufRead, Write};

pub async fn on_tokio<W: tokio::io::AsyncWrite + Unpin>(service: &QapiService<QmpStreamTokio<W>>) -> bool {
    service.execute(query_yank {}).await.is_ok()
}

pub fn blocking<S: BufRead + Write>(client: &mut qapi::Qmp<S>) -> bool {
    client.execute(&query_yank {}).is_ok()
}

fn main() {}
