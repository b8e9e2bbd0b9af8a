#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The environment variables of the process.
package enum Environment {
    /// All of them, as they are now.
    package static var process: [String: String] {
        var variables: [String: String] = [:]
        var entry = environ
        while let text = entry.pointee {
            if let end = strchr(text, CInt(UInt8(ascii: "="))) {
                let name = String(decoding: UnsafeRawBufferPointer(start: text, count: end - text), as: UTF8.self)
                variables[name] = String(cString: end + 1)
            }
            entry += 1
        }
        return variables
    }
}
