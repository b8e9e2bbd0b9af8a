#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Reads files without Foundation, which would cost more to start than the reading.
enum FileBytes {
    struct Failure: Error {
        let message: String
    }

    /// The first bytes of a file.
    static func read(_ path: String, atMost limit: Int) -> Result<[UInt8], Failure> {
        guard let file = fopen(path, "rb") else { return .failure(Failure(message: String(cString: strerror(errno)))) }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 64 << 10)
        while bytes.count < limit {
            let count = fread(&chunk, 1, min(chunk.count, limit - bytes.count), file)
            if count == 0 { break }
            bytes.append(contentsOf: chunk[..<count])
        }
        if ferror(file) != 0 { return .failure(Failure(message: String(cString: strerror(errno)))) }
        return .success(bytes)
    }

    /// The folder in which a path's last part lies, `.` when it has one part only.
    static func directory(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }
}
