#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Standard output or standard error.
struct StandardStream: Sendable {
    /// Where a person's answers come from; nothing is written there.
    static let input = StandardStream(descriptor: 0)
    /// Where the answer goes, and nothing else.
    static let output = StandardStream(descriptor: 1)
    /// Where everything else goes.
    static let diagnostics = StandardStream(descriptor: 2)

    private let descriptor: Int32

    /// Why something could not be written.
    struct Failure: Error {
        let message: String
    }

    /// Whether a person reads it.
    var isTerminal: Bool { isatty(descriptor) == 1 }

    /// Whether the terminal behind it, if it is one, is this process's to draw on: it is not while a shell has it back.
    var isInForeground: Bool {
        let group = tcgetpgrp(descriptor)
        return group < 0 || group == getpgrp()
    }

    /// The columns and rows of the terminal behind it, if it is one that says so.
    var size: (columns: Int, rows: Int)? {
        var size = winsize()
        guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
        return (Int(size.ws_col), Int(size.ws_row))
    }

    /// Writes a text.
    ///
    /// A reader that has gone away is no failure: whoever closed the pipe has read enough.
    ///
    /// - Throws: ``Failure`` when the text could not be written, as on a full disk.
    func write(_ text: String) throws(Failure) {
        var text = text
        let code: Int32 = text.withUTF8 { bytes in
            var offset = 0
            while offset < bytes.count {
                let rest = UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(bytes)[offset...])
                #if canImport(Glibc)
                    let count = Glibc.write(descriptor, rest.baseAddress, rest.count)
                #elseif canImport(Musl)
                    let count = Musl.write(descriptor, rest.baseAddress, rest.count)
                #else
                    let count = Darwin.write(descriptor, rest.baseAddress, rest.count)
                #endif
                if count >= 0 {
                    offset += count
                } else if errno == EAGAIN {
                    var waiting = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                    _ = poll(&waiting, 1, -1)
                } else if errno != EINTR {
                    return errno
                }
            }
            return 0
        }
        if code != 0, code != EPIPE { throw Failure(message: String(cString: strerror(code))) }
    }

    /// Writes a line to people; where that fails there is nobody to tell.
    func say(_ line: String) { try? write(line + "\n") }
}
