import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// What the user's Ctrl-C, or a request to terminate, does: the first ends the run in order, the second ends the program
/// at once.
final class Interruption: Sendable {
    private struct State {
        var count = 0
        var onInterrupt: (@Sendable () -> Void)?
        var beforeExit: (@Sendable () -> Void)?
    }

    private let state = Mutex(State())

    /// Begins to listen; the process's other reactions to these signals end here.
    static func listening() -> Interruption {
        let interruption = Interruption()
        SignalListener.on([SIGINT, SIGTERM, SIGHUP]) { interruption.request() }
        return interruption
    }

    /// Whether the user wants the run to stop.
    var isRequested: Bool { state.withLock { $0.count > 0 } }

    /// Says what the first request does; at once, if it has come already.
    func onRequest(_ action: @escaping @Sendable () -> Void) {
        let isLate = state.withLock { state in
            state.onInterrupt = action
            return state.count > 0
        }
        if isLate { action() }
    }

    /// Says what has to be done before the program ends at once, such as giving the cursor back.
    func beforeExit(_ action: (@Sendable () -> Void)?) { state.withLock { $0.beforeExit = action } }

    /// Takes a request.
    func request() {
        let (count, action, last) = state.withLock { state in
            state.count += 1
            return (state.count, state.onInterrupt, state.beforeExit)
        }
        if count == 1 {
            action?()
        } else {
            last?()
            _exit(ProgramStatus.interrupted.rawValue)
        }
    }
}
