//! The rules of the machine, tested by their effects.

use super::*;
use crate::qapi::GuestPanicAction as Panicked;

const T0: Duration = Duration::ZERO;
const PANIC: Access = out(0x505, 1);
const POWER_OFF: Access = out(0x604, 0x2000);
const EXPIRE: Access = out(0x443, 0xf);

const fn out(port: u16, value: u32) -> Access {
    Access::Out { port, value }
}

/// A machine that runs.
fn running(change: impl FnOnce(&mut Actions)) -> Machine {
    let mut actions = Actions::default();
    change(&mut actions);
    let mut machine = Machine::new(actions);
    assert_eq!(machine.resume(T0), Ok(vec![Effect::Resume]));
    machine
}

fn guest_shutdown(cause: ShutdownCause) -> Effect {
    assert!(crate::effect::is_by_guest(cause));
    Effect::Shutdown(cause)
}

#[test]
fn a_panic_pauses_and_the_guest_can_go_on() {
    let mut machine = running(|a| a.panic = PanicAction::Pause);
    let expected = [Effect::Panicked(Panicked::Pause, None), Effect::Stop];
    assert_eq!(machine.execute(T0, PANIC), expected);
    assert_eq!(machine.state(), RunState::GuestPanicked);
    assert!(!machine.is_ready(T0));
    assert_eq!(machine.resume(T0), Ok(vec![Effect::Resume]));
    assert!(machine.is_ready(T0));
}

#[test]
fn a_panic_powers_off_without_a_stop() {
    let mut machine = running(|_| {});
    let expected =
        [Effect::Panicked(Panicked::Poweroff, None), guest_shutdown(ShutdownCause::GuestPanic), Effect::Exit];
    assert_eq!(machine.execute(T0, PANIC), expected);
    assert!(!machine.is_ready(T0));
}

#[test]
fn a_panic_that_would_power_off_stays_where_shutdowns_pause() {
    let mut machine = running(|a| a.shutdown = ShutdownAction::Pause);
    let expected =
        [Effect::Panicked(Panicked::Poweroff, None), guest_shutdown(ShutdownCause::GuestPanic), Effect::Stop];
    assert_eq!(machine.execute(T0, PANIC), expected);
    assert_eq!(machine.state(), RunState::Shutdown);
    assert_eq!(machine.resume(T0), Err(ResetRequired));
}

#[test]
fn a_panic_is_survived() {
    let mut machine = running(|a| a.panic = PanicAction::None);
    assert_eq!(machine.execute(T0, PANIC), [Effect::Panicked(Panicked::Run, None)]);
    assert!(machine.is_ready(T0));
}

#[test]
fn a_panic_by_crash_registers_says_how() {
    let mut machine = running(|a| a.panic = PanicAction::None);
    let write = |register, value| Access::Wrmsr { register, value };
    assert_eq!(machine.execute(T0, write(0x4000_0102, 7)), []);
    let crash = CrashParameters([0, 0, 7, 0, 0]);
    let expected = [Effect::Panicked(Panicked::Run, Some(crash))];
    assert_eq!(machine.execute(T0, write(0x4000_0105, 1 << 63)), expected);
    machine.execute(T0, Access::TripleFault);
    let expected = [Effect::Panicked(Panicked::Run, Some(CrashParameters::default()))];
    assert_eq!(machine.execute(T0, write(0x4000_0105, 1 << 63)), expected, "after a reset");
}

#[test]
fn other_reports_do_not_depend_on_the_panic_action() {
    for panic in [PanicAction::Poweroff, PanicAction::Pause, PanicAction::None] {
        let mut machine = running(|a| a.panic = panic);
        assert_eq!(machine.execute(T0, out(0x505, 0)), []);
        assert_eq!(machine.execute(T0, out(0x505, 0xf8)), []);
        assert_eq!(machine.execute(T0, out(0x505, 6)), [Effect::CrashLoaded]);
        let expected = [Effect::PvShutdown, guest_shutdown(ShutdownCause::GuestShutdown), Effect::Exit];
        assert_eq!(machine.execute(T0, out(0x505, 4)), expected);
    }
}

#[test]
fn a_shutdown_pauses_until_a_reset() {
    let mut machine = running(|a| a.shutdown = ShutdownAction::Pause);
    let expected = [guest_shutdown(ShutdownCause::GuestShutdown), Effect::Stop];
    assert_eq!(machine.execute(T0, POWER_OFF), expected);
    assert_eq!(machine.state(), RunState::Shutdown);
    assert_eq!(machine.resume(T0), Err(ResetRequired));
    assert_eq!(machine.stop(T0), []);
    assert_eq!(machine.reset(T0), [Effect::Reset(ShutdownCause::HostQmpSystemReset)]);
    assert_eq!(machine.state(), RunState::Prelaunch);
    assert_eq!(machine.resume(T0), Ok(vec![Effect::Resume]));
}

#[test]
fn every_way_to_reset_resets() {
    let ways = [Access::TripleFault, out(0x64, 0xfe), out(0x92, 1), out(0xcf9, 6)];
    for way in ways {
        let mut machine = running(|_| {});
        let expected = [Effect::Reset(ShutdownCause::GuestReset)];
        assert_eq!(machine.execute(T0, way), expected, "{way:?}");
        assert!(machine.is_ready(T0));
        assert_eq!(machine.execute(T0, way), expected, "once more: {way:?}");
    }
}

#[test]
fn a_reset_shuts_down_where_the_reboot_action_says_so() {
    let mut machine = running(|a| a.reboot = RebootAction::Shutdown);
    let expected = [guest_shutdown(ShutdownCause::GuestReset), Effect::Exit];
    assert_eq!(machine.execute(T0, Access::TripleFault), expected);

    let mut machine = running(|a| {
        a.reboot = RebootAction::Shutdown;
        a.shutdown = ShutdownAction::Pause;
    });
    let by_host = Effect::Shutdown(ShutdownCause::HostQmpSystemReset);
    assert_eq!(machine.reset(T0), [by_host, Effect::Stop]);
    assert_eq!(machine.reset(T0), [by_host], "it stands still already");
    assert_eq!(machine.state(), RunState::Shutdown);
}

#[test]
fn stop_changes_nothing_unless_the_guest_runs() {
    let mut machine = Machine::new(Actions::default());
    assert_eq!(machine.stop(T0), []);
    assert_eq!(machine.state(), RunState::Prelaunch);
    assert_eq!(machine.resume(T0), Ok(vec![Effect::Resume]));
    assert_eq!(machine.resume(T0), Ok(vec![]));
    assert_eq!(machine.stop(T0), [Effect::Stop]);
    assert_eq!(machine.state(), RunState::Paused);
    assert_eq!(machine.stop(T0), []);
}

#[test]
fn the_end_ignores_the_actions_and_comes_once() {
    let mut machine = running(|a| a.shutdown = ShutdownAction::Pause);
    let expected = [Effect::Shutdown(ShutdownCause::HostQmpQuit), Effect::Exit];
    assert_eq!(machine.end(ShutdownCause::HostQmpQuit), expected);
    assert_eq!(machine.end(ShutdownCause::HostSignal), []);
    assert_eq!(machine.reset(T0), []);
    assert!(!machine.is_ready(T0));
}

#[test]
fn each_watchdog_action() {
    let cases: [(WatchdogAction, &[Effect], RunState); 7] = [
        (WatchdogAction::Reset, &[Effect::Reset(ShutdownCause::GuestReset)], RunState::Running),
        (WatchdogAction::Shutdown, &[Effect::Powerdown], RunState::Running),
        (WatchdogAction::Poweroff, &[Effect::Exit], RunState::Running),
        (WatchdogAction::Pause, &[Effect::Stop], RunState::Watchdog),
        (WatchdogAction::Debug, &[Effect::WatchdogFired], RunState::Running),
        (WatchdogAction::None, &[], RunState::Running),
        (WatchdogAction::InjectNmi, &[], RunState::Running),
    ];
    for (action, after, state) in cases {
        let mut machine = running(|a| {
            a.watchdog = action;
            a.shutdown = ShutdownAction::Pause;
        });
        let expected: Vec<_> = [Effect::Watchdog(action)].iter().chain(after).copied().collect();
        assert_eq!(machine.execute(T0, EXPIRE), expected);
        assert_eq!(machine.state(), state);
    }
}

#[test]
fn the_watchdog_counts_guest_time() {
    let at = Duration::from_secs;
    let mut machine = running(|a| a.watchdog = WatchdogAction::None);
    assert_eq!(machine.execute(at(1), out(0x443, 0xe)), []);
    assert_eq!(machine.next_deadline(at(1)), Some(at(3)));
    assert_eq!(machine.stop(at(2)), [Effect::Stop]);
    assert_eq!(machine.next_deadline(at(2)), None);
    assert_eq!(machine.advance(at(10)), []);
    assert_eq!(machine.resume(at(10)), Ok(vec![Effect::Resume]));
    assert_eq!(machine.next_deadline(at(10)), Some(at(11)));
    assert_eq!(machine.advance(at(11)), [Effect::Watchdog(WatchdogAction::None)]);
    assert_eq!(machine.next_deadline(at(11)), None);
}

#[test]
fn a_sleeping_guest_does_nothing_but_its_watchdog_does() {
    let at = Duration::from_secs;
    let mut machine = running(|a| a.watchdog = WatchdogAction::Reset);
    machine.execute(T0, out(0x443, 0xe));
    machine.execute(T0, Access::Sleep(at(9)));
    assert!(!machine.is_ready(at(1)));
    assert_eq!(machine.next_deadline(at(1)), Some(at(2)));
    let expected = [Effect::Watchdog(WatchdogAction::Reset), Effect::Reset(ShutdownCause::GuestReset)];
    assert_eq!(machine.advance(at(2)), expected);
    assert!(machine.is_ready(at(2)), "the reset woke it");
}

#[test]
fn a_stopped_watchdog_does_not_bark() {
    let mut machine = running(|_| {});
    machine.execute(T0, out(0x443, 0xe));
    machine.execute(T0, out(0x441, 0));
    assert_eq!(machine.next_deadline(T0), None);
}
