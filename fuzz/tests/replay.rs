//! Replays the corpus: what was found stays mended.

use qapi_fuzz::{TARGETS, corpus};

/// Executions have stacks of this size in programs, so here too.
const STACK: usize = 8 * 1024 * 1024;

fn replay(target: &'static str) {
    let target = TARGETS.iter().find(|known| known.name == target).expect("the target is known");
    let inputs = corpus::read(target.name).expect("every target has a corpus");
    assert!(!inputs.is_empty(), "{}: the corpus is empty", target.name);
    let run = move || {
        for (path, bytes) in inputs {
            println!("{}", path.display());
            (target.run)(&bytes);
        }
    };
    let thread = std::thread::Builder::new().stack_size(STACK).spawn(run).expect("a thread starts");
    if let Err(panic) = thread.join() {
        std::panic::resume_unwind(panic);
    }
}

macro_rules! replays {
    ($($name:ident)*) => {
        $(#[test]
        fn $name() {
            replay(stringify!($name));
        })*

        #[test]
        fn every_target_is_replayed() {
            let known: Vec<_> = TARGETS.iter().map(|target| target.name).collect();
            assert_eq!(known, [$(stringify!($name)),*]);
        }
    };
}

replays! { parser decode session schema checker emitter keyval }
