import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The write end of the pipe through which the signal handler speaks, which may call almost nothing.
private let signalPipe = Atomic<Int32>(-1)

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
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { return interruption }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        signalPipe.store(ends[1], ordering: .sequentiallyConsistent)
        interruption.startThread(reading: ends[0])
        for number in [SIGINT, SIGTERM, SIGHUP] {
            var action = sigaction()
            let handler: @convention(c) (Int32) -> Void = { number in
                let saved = errno
                var byte = UInt8(truncatingIfNeeded: number)
                _ = write(signalPipe.load(ordering: .relaxed), &byte, 1)
                errno = saved
            }
            #if canImport(Darwin)
                action.__sigaction_u.__sa_handler = handler
            #else
                action.__sigaction_handler.sa_handler = handler
            #endif
            action.sa_flags = SA_RESTART
            sigaction(number, &action, nil)
        }
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

    private func startThread(reading descriptor: Int32) {
        final class Context: Sendable {
            let interruption: Interruption
            let descriptor: Int32
            init(_ interruption: Interruption, _ descriptor: Int32) {
                self.interruption = interruption
                self.descriptor = descriptor
            }
        }
        let context = Unmanaged.passRetained(Context(self, descriptor)).toOpaque()
        #if canImport(Darwin)
            var thread: pthread_t?
        #else
            var thread = pthread_t()
        #endif
        pthread_create(
            &thread,
            nil,
            { argument in
                #if canImport(Darwin)
                    let raw: UnsafeMutableRawPointer? = argument
                #else
                    let raw = argument
                #endif
                guard let raw else { return nil }
                let context = Unmanaged<Context>.fromOpaque(raw).takeRetainedValue()
                var byte: UInt8 = 0
                while true {
                    let count = read(context.descriptor, &byte, 1)
                    if count == 1 { context.interruption.request() } else if count == 0 || errno != EINTR { return nil }
                }
            },
            context
        )
    }
}
