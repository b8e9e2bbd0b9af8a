#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The environment variables of the process.
public enum Environment {
    /// All of them, as they are now.
    public static var process: [String: String] {
        var variables: [String: String] = [:]
        var entry = environ
        while let text = entry.pointee {
            if let end = strchr(text, CInt(UInt8(ascii: "="))) {
                let name = UnsafeBufferPointer(start: text, count: end - text)
                variables[String(decoding: name.lazy.map(UInt8.init(bitPattern:)), as: UTF8.self)] = String(
                    cString: end + 1
                )
            }
            entry += 1
        }
        return variables
    }
}
