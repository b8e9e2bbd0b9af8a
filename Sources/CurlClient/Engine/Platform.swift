import CCurl

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

func monotonicMilliseconds() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000
}

func yieldThread() {
    sched_yield()
}

/// Keeps a write to a closed connection from ending the process.
///
/// With `CURLOPT_NOSIGNAL` libcurl leaves that to us. Ignored for the whole process, the signal would be ignored in its
/// children too.
func blockBrokenPipeSignal() {
    var signals = sigset_t()
    sigemptyset(&signals)
    sigaddset(&signals, SIGPIPE)
    pthread_sigmask(SIG_BLOCK, &signals, nil)
}

/// Runs `body` on a thread of its own; false when the system gives none.
func startThread(named name: String, _ body: @escaping @Sendable () -> Void) -> Bool {
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    defer { pthread_attr_destroy(&attributes) }
    pthread_attr_setdetachstate(&attributes, CInt(PTHREAD_CREATE_DETACHED))
    // Tasks run here too, so it is as large as theirs usually are.
    pthread_attr_setstacksize(&attributes, 4 << 20)

    let start = Unmanaged.passRetained(ThreadStart(name: name, body: body))
    #if canImport(Darwin)
        var thread: pthread_t?
        let status = pthread_create(&thread, &attributes, { runThread($0) }, start.toOpaque())
    #else
        var thread = pthread_t()
        let status = pthread_create(&thread, &attributes, { runThread($0) }, start.toOpaque())
    #endif
    if status != 0 { start.release() }
    return status == 0
}

private final class ThreadStart: Sendable {
    let name: String
    let body: @Sendable () -> Void

    init(name: String, body: @escaping @Sendable () -> Void) {
        self.name = name
        self.body = body
    }
}

private func runThread(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let context else { return nil }
    let start = Unmanaged<ThreadStart>.fromOpaque(context).takeRetainedValue()
    crew_name_thread(start.name)
    start.body()
    return nil
}
