#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// What the process has used so far.
struct Cost {
    /// User and system time, in microseconds.
    let processor: Int
    /// The time on the clock, in microseconds.
    let wall: Int
    /// The highest resident size, in kilobytes.
    let peak: Int

    static func now() -> Cost {
        var used = rusage()
        #if canImport(Glibc)
            getrusage(RUSAGE_SELF.rawValue, &used)
        #else
            getrusage(RUSAGE_SELF, &used)
        #endif
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Cost(
            processor: microseconds(used.ru_utime) + microseconds(used.ru_stime),
            wall: time.tv_sec * 1_000_000 + time.tv_nsec / 1_000,
            peak: peak(used)
        )
    }

    private static func microseconds(_ time: timeval) -> Int { Int(time.tv_sec) * 1_000_000 + Int(time.tv_usec) }

    private static func peak(_ used: rusage) -> Int {
        #if os(Linux)
            // getrusage() also counts what the process was before exec(), that is, the size of whoever started it.
            guard let status = fopen("/proc/self/status", "r") else { return 0 }
            defer { fclose(status) }
            var line = [CChar](repeating: 0, count: 256)
            while fgets(&line, CInt(line.count), status) != nil {
                let text = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
                guard text.hasPrefix("VmHWM:") else { continue }
                return text.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) } ?? 0
            }
            return 0
        #else
            return used.ru_maxrss / 1_024
        #endif
    }
}
