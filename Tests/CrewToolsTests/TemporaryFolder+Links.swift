import CrewTesting
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

extension TemporaryFolder {
    func folder(_ name: String) throws { try #require(mkdir("\(path)/\(name)", 0o755) == 0) }

    func link(_ name: String, to target: String) throws { try #require(symlink(target, "\(path)/\(name)") == 0) }
}
