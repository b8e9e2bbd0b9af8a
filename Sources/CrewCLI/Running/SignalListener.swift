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

/// Turns signals into calls on a thread of their own, where anything may be done.
enum SignalListener {
    private static let reactions = Mutex<[Int32: @Sendable () -> Void]>([:])

    /// Begins to listen; what the process did at these signals before ends here.
    ///
    /// - Parameters:
    ///   - signals: Their numbers.
    ///   - reaction: Called on the listener's thread, one at a time, in the order in which signals arrive.
    static func on(_ signals: [Int32], _ reaction: @escaping @Sendable () -> Void) {
        guard isStarted else { return }
        reactions.withLock { for signal in signals { $0[signal] = reaction } }
        for signal in signals { setHandler(of: signal, to: handler) }
    }

    /// Lets the process do what it does by itself at a signal.
    static func off(_ signals: [Int32]) {
        for signal in signals { setHandler(of: signal, to: SIG_DFL) }
        reactions.withLock { for signal in signals { $0[signal] = nil } }
    }

    /// Whether the process was told to ignore a signal by whoever started it.
    static func isIgnored(_ signal: Int32) -> Bool {
        var action = sigaction()
        guard sigaction(signal, nil, &action) == 0 else { return false }
        #if canImport(Darwin)
            let present = action.__sigaction_u.__sa_handler
        #else
            let present = action.__sigaction_handler.sa_handler
        #endif
        return unsafeBitCast(present, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
    }

    /// Stops the process as the signal would have done without a listener; returns when it goes on.
    static func stop(by signal: Int32) {
        setHandler(of: signal, to: SIG_DFL)
        // This thread was made by one of Swift's, and those block all signals.
        var set = sigset_t()
        sigemptyset(&set)
        sigaddset(&set, signal)
        pthread_sigmask(SIG_UNBLOCK, &set, nil)
        raise(signal)
        setHandler(of: signal, to: handler)
    }

    private static let handler: @convention(c) (Int32) -> Void = { number in
        let saved = errno
        var byte = UInt8(truncatingIfNeeded: number)
        _ = write(signalPipe.load(ordering: .relaxed), &byte, 1)
        errno = saved
    }

    private static func setHandler(of signal: Int32, to handler: (@convention(c) (Int32) -> Void)?) {
        var action = sigaction()
        #if canImport(Darwin)
            action.__sigaction_u.__sa_handler = handler
        #else
            action.__sigaction_handler.sa_handler = handler
        #endif
        action.sa_flags = SA_RESTART
        sigaction(signal, &action, nil)
    }

    /// Whether there is a thread that listens; it is started once and lives as long as the process.
    private static let isStarted: Bool = {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { return false }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        signalPipe.store(ends[1], ordering: .sequentiallyConsistent)
        let context = UnsafeMutableRawPointer(bitPattern: Int(ends[0]) + 1)
        #if canImport(Darwin)
            var thread: pthread_t?
        #else
            var thread = pthread_t()
        #endif
        return pthread_create(
            &thread,
            nil,
            { argument in
                #if canImport(Darwin)
                    let raw: UnsafeMutableRawPointer? = argument
                #else
                    let raw = argument
                #endif
                SignalListener.listen(to: Int32(Int(bitPattern: raw) - 1))
                return nil
            },
            context
        ) == 0
    }()

    private static func listen(to descriptor: Int32) {
        var byte: UInt8 = 0
        while true {
            let count = read(descriptor, &byte, 1)
            if count == 1 {
                reactions.withLock { $0[Int32(byte)] }?()
            } else if count == 0 || errno != EINTR {
                return
            }
        }
    }
}
