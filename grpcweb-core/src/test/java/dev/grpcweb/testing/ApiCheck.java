// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.lang.reflect.WildcardType;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Finds foreign types in what a package offers: a user of the API must need no library but gRPC and
 * the container's API.
 *
 * <p>Without state.
 */
public final class ApiCheck {
  private static final List<String> FAMILIAR =
      List.of("java.", "io.grpc.", "jakarta.", "dev.grpcweb.");
  private static final String NEVER_FAMILIAR = "io.grpc.internal.";

  private ApiCheck() {}

  /**
   * Returns the types that users of a package can name.
   *
   * @param member a type of the package whose class file lies in a directory
   */
  public static List<Class<?>> typesOfPackage(Class<?> member) {
    try {
      Path classes = Path.of(member.getProtectionDomain().getCodeSource().getLocation().toURI());
      Path directory = classes.resolve(member.getPackageName().replace('.', '/'));
      try (Stream<Path> files = Files.list(directory)) {
        List<Class<?>> types = new ArrayList<>();
        for (Path file : files.sorted().toList()) {
          String name = file.getFileName().toString();
          if (name.endsWith(".class")) {
            Class<?> type =
                Class.forName(
                    member.getPackageName() + "." + name.substring(0, name.length() - 6),
                    false,
                    member.getClassLoader());
            if (isOffered(type)) {
              types.add(type);
            }
          }
        }
        return types;
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (URISyntaxException | ClassNotFoundException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Returns a line for each foreign type in a signature; empty if there is none. */
  public static List<String> foreignTypes(Iterable<Class<?>> api) {
    List<String> foreign = new ArrayList<>();
    for (Class<?> type : api) {
      String where = type.getName();
      checkVariables(type.getTypeParameters(), where, foreign);
      if (type.getGenericSuperclass() != null) {
        check(type.getGenericSuperclass(), where, foreign);
      }
      checkAll(type.getGenericInterfaces(), where, foreign);
      for (Field field : type.getDeclaredFields()) {
        if (isOffered(field.getModifiers())) {
          check(field.getGenericType(), where + "." + field.getName(), foreign);
        }
      }
      for (Constructor<?> constructor : type.getDeclaredConstructors()) {
        checkExecutable(constructor, where + "()", foreign);
      }
      for (Method method : type.getDeclaredMethods()) {
        if (isOffered(method.getModifiers()) && !method.isSynthetic()) {
          check(method.getGenericReturnType(), where + "." + method.getName(), foreign);
          checkExecutable(method, where + "." + method.getName(), foreign);
        }
      }
    }
    return foreign.stream().distinct().toList();
  }

  private static void checkExecutable(Executable member, String where, List<String> foreign) {
    if (isOffered(member.getModifiers()) && !member.isSynthetic()) {
      checkVariables(member.getTypeParameters(), where, foreign);
      checkAll(member.getGenericParameterTypes(), where, foreign);
      checkAll(member.getGenericExceptionTypes(), where, foreign);
    }
  }

  private static void checkVariables(
      TypeVariable<?>[] variables, String where, List<String> foreign) {
    for (TypeVariable<?> variable : variables) {
      checkAll(variable.getBounds(), where, foreign);
    }
  }

  private static void checkAll(Type[] types, String where, List<String> foreign) {
    for (Type type : types) {
      check(type, where, foreign);
    }
  }

  private static void check(Type type, String where, List<String> foreign) {
    if (type instanceof Class<?> named) {
      if (named.isArray()) {
        check(named.getComponentType(), where, foreign);
      } else if (!isFamiliar(named)) {
        foreign.add(where + " names " + named.getName());
      }
    } else if (type instanceof ParameterizedType parameterized) {
      check(parameterized.getRawType(), where, foreign);
      checkAll(parameterized.getActualTypeArguments(), where, foreign);
    } else if (type instanceof GenericArrayType array) {
      check(array.getGenericComponentType(), where, foreign);
    } else if (type instanceof WildcardType wildcard) {
      checkAll(wildcard.getUpperBounds(), where, foreign);
      checkAll(wildcard.getLowerBounds(), where, foreign);
    }
    // A variable was checked where it is declared.
  }

  private static boolean isFamiliar(Class<?> type) {
    String name = type.getName();
    return type.isPrimitive()
        || (FAMILIAR.stream().anyMatch(name::startsWith) && !name.startsWith(NEVER_FAMILIAR));
  }

  private static boolean isOffered(Class<?> type) {
    for (Class<?> t = type; t != null; t = t.getEnclosingClass()) {
      if (!isOffered(t.getModifiers())) {
        return false;
      }
    }
    return true;
  }

  private static boolean isOffered(int modifiers) {
    return Modifier.isPublic(modifiers) || Modifier.isProtected(modifiers);
  }
}
