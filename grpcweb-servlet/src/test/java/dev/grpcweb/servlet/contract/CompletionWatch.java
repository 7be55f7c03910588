// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.servlet.contract;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.FilterConfig;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.io.IOException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * A filter around another that notes which requests it completes twice, or once more after it was
 * told that the container has ended them: by then they may be another client's.
 *
 * <p>Any number of threads may use it.
 */
final class CompletionWatch implements Filter {
  private final Filter filter;
  private final Queue<String> faults = new ConcurrentLinkedQueue<>();

  CompletionWatch(Filter filter) {
    this.filter = filter;
  }

  /** Returns what was noted. */
  List<String> faults() {
    return List.copyOf(faults);
  }

  @Override
  public void init(FilterConfig config) throws ServletException {
    filter.init(config);
  }

  @Override
  public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    filter.doFilter(new Watched((HttpServletRequest) request), response, chain);
  }

  @Override
  public void destroy() {
    filter.destroy();
  }

  private static <T> T proxy(Class<T> type, InvocationHandler handler) {
    return type.cast(
        Proxy.newProxyInstance(
            CompletionWatch.class.getClassLoader(), new Class<?>[] {type}, handler));
  }

  private final class Watched extends HttpServletRequestWrapper {
    /** Why the request is not to be completed any more; empty while it may be. Guarded by this. */
    private String over = "";

    Watched(HttpServletRequest request) {
      super(request);
    }

    private synchronized void completes() {
      if (!over.isEmpty()) {
        faults.add("completed after it was " + over);
      }
      over = "completed";
    }

    private synchronized void ended(String callback) {
      over = "ended by " + callback;
    }

    @Override
    public AsyncContext startAsync(ServletRequest request, ServletResponse response) {
      AsyncContext context = super.startAsync(request, response);
      return proxy(
          AsyncContext.class,
          (proxy, method, arguments) -> {
            if (method.getName().equals("complete")) {
              completes();
            } else if (method.getName().equals("addListener")) {
              context.addListener(watched((AsyncListener) arguments[0]));
              return null;
            }
            try {
              return method.invoke(context, arguments);
            } catch (InvocationTargetException e) {
              throw e.getTargetException();
            }
          });
    }

    /** Until it has been told, the listener may not know. */
    private AsyncListener watched(AsyncListener listener) {
      return proxy(
          AsyncListener.class,
          (proxy, method, arguments) -> {
            try {
              return method.invoke(listener, arguments);
            } catch (InvocationTargetException e) {
              throw e.getTargetException();
            } finally {
              ended(method.getName());
            }
          });
    }
  }
}
